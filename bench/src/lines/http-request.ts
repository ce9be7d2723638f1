/** What nginx is asked, on a connection that stays open. */
export const httpRequest = "GET / HTTP/1.1\r\nHost: bench\r\n\r\n";
