/** The id of a VPC endpoint: `vpce-` and 17 hex digits, or 8 in older ones. */
export const vpcEndpointIdPattern: RegExp = /^vpce-([0-9a-f]{8}|[0-9a-f]{17})$/;
