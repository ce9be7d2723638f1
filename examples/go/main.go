// An HTTP server behind a load balancer that sends PROXY protocol version 2: only the standard library.
// Run: go run main.go
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Only these may say who the client is: the load balancer's nodes.
var trusted = &net.IPNet{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}

type listener struct{ net.Listener }

// Accept does not wait for the header: one silent client would hold up all others.
func (l listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if peer, ok := c.RemoteAddr().(*net.TCPAddr); ok && trusted.Contains(peer.IP) {
			return &conn{Conn: c}, nil
		}
		c.Close()
	}
}

// conn reads the header before anything else, when it is first asked for something.
type conn struct {
	net.Conn
	once     sync.Once
	err      error
	client   net.Addr
	endpoint string
}

func (c *conn) Read(b []byte) (int, error) {
	if c.once.Do(c.readHeader); c.err != nil {
		return 0, c.err
	}
	return c.Conn.Read(b)
}

// RemoteAddr is the client's address; of a health check (LOCAL), the load balancer's own.
func (c *conn) RemoteAddr() net.Addr {
	if c.once.Do(c.readHeader); c.client != nil {
		return c.client
	}
	return c.Conn.RemoteAddr()
}

var signature = []byte("\r\n\r\n\x00\r\nQUIT\n")

func (c *conn) readHeader() {
	c.Conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	defer c.Conn.SetReadDeadline(time.Time{})
	c.err = c.parseHeader()
	if c.err != nil {
		c.Conn.Close()
	}
}

func (c *conn) parseHeader() error {
	var head [16]byte
	if _, err := io.ReadFull(c.Conn, head[:]); err != nil {
		return err
	}
	if !bytes.Equal(head[:12], signature) || head[12]>>4 != 2 {
		return errors.New("no PROXY protocol version 2 header")
	}
	// The length counts, not the family: what is not understood has to be read too.
	length := binary.BigEndian.Uint16(head[14:])
	if length > 4096 {
		return errors.New("PROXY header too long")
	}
	rest := make([]byte, length)
	if _, err := io.ReadFull(c.Conn, rest); err != nil {
		return err
	}
	command, family := head[12]&15, head[13]
	if command == 0 {
		return nil // LOCAL: whatever the family says, there may be no addresses.
	}
	addressSize := map[byte]int{0x11: 4, 0x21: 16}[family]
	size := 2*addressSize + 4
	if command != 1 || addressSize == 0 || len(rest) < size {
		return errors.New("PROXY header is not for TCP")
	}
	port := binary.BigEndian.Uint16(rest[2*addressSize:])
	c.client = &net.TCPAddr{IP: rest[:addressSize], Port: int(port)}
	return c.readTLVs(rest[size:])
}

// readTLVs finds the VPC endpoint's id: type 0xEA, and in it subtype 1.
func (c *conn) readTLVs(b []byte) error {
	for len(b) > 0 {
		if len(b) < 3 || len(b) < 3+int(binary.BigEndian.Uint16(b[1:])) {
			return errors.New("PROXY header ends within a TLV")
		}
		value := b[3 : 3+int(binary.BigEndian.Uint16(b[1:]))]
		if b[0] == 0xEA && len(value) > 1 && value[0] == 1 {
			c.endpoint = string(value[1:])
		}
		b = b[3+len(value):]
	}
	return nil
}

type connKey struct{}

func main() {
	inner, err := net.Listen("tcp", "127.0.0.1:3000")
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := r.Context().Value(connKey{}).(*conn)
			fmt.Fprintf(w, "you are %s, through %q\n", r.RemoteAddr, c.endpoint)
		}),
	}
	log.Fatal(server.Serve(listener{inner}))
}
