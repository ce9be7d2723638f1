/** What `edge-proxy init` writes. @param schema where an editor finds the JSON Schema */
export function startingConfig(schema: string): string {
  return `# yaml-language-server: $schema=${schema}
#
# A Network Load Balancer on this machine. Names, defaults and ranges are AWS's; \`edge-proxy check\` says what is wrong.

# Status, metrics and flows over HTTP, on loopback addresses only. \`admin: false\` switches it off.
admin: { address: 127.0.0.1, port: 9901 }

# Makes every configured duration shorter, for tests that cannot wait: 0.01 is a hundred times.
# timeScale: 0.01

# One JSON line for each flow that ends, to standard output or to a file.
# flowLog: {}

loadBalancers:
  - name: web
    # One node in each zone. Default: one zone on 127.0.0.1.
    # zones:
    #   - { name: local-1a, address: 127.0.0.1 }
    #   - { name: local-1b, address: 127.0.1.1 }
    # attributes: { load_balancing.cross_zone.enabled: true }
    listeners:
      - protocol: TCP
        port: 8080
        targetGroup: app
        # attributes: { tcp.idle_timeout.seconds: 350 }
    # PrivateLink: flows that come in here carry the endpoint's id in the PROXY header.
    # vpcEndpoints:
    #   - { id: vpce-0123456789abcdef0, port: 8081 }

targetGroups:
  - name: app
    protocol: TCP
    # Of targets that name none.
    port: 3000
    healthCheck:
      # TCP, HTTP or HTTPS; the last two take a path and a matcher.
      protocol: TCP
      # path: /healthz
      # matcher: 200-399
      intervalSeconds: 10
      healthyThreshold: 2
      unhealthyThreshold: 2
    attributes:
      # Targets get a PROXY protocol version 2 header first, with the client's address.
      proxy_protocol_v2.enabled: false
      # Targets see the client's own address on their connection.
      # preserve_client_ip.enabled: true
      # A client keeps its target.
      # stickiness.enabled: true
      # How long a target that leaves may finish what it has.
      deregistration_delay.timeout_seconds: 300
    targets:
      - { id: 127.0.0.1, port: 3000 }
      # - { id: 127.0.0.1, port: 3001, zone: local-1a }
`;
}
