/** Names that mean this machine. */

/** Whether a host name or address, without a port, is a loopback one (RFC 6761 section 6.3, RFC 1122, RFC 4291). */
export function isLoopbackName(name: string): boolean {
  const bare = name.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  return bare === "localhost" || bare === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare);
}
