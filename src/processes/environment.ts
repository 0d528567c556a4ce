/** The environment of a child: an allow-list of ours, what the registry names, and the node's own. */

const allowed: ReadonlySet<string> = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LANGUAGE",
  "TZ",
  "TMPDIR",
  "TERM",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
]);
const allowedPrefixes = ["LC_", "XDG_"];

/**
 * @param ours the environment of this node, of which only harmless names are passed on
 * @param registry what the target's registry entry names; wins over `ours`
 * @param own the node's variables (AETHROLINK_*); win over both
 */
export function childEnvironment(
  ours: Readonly<Record<string, string | undefined>>,
  registry: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const passedOn: Record<string, string> = {};
  for (const [name, value] of Object.entries(ours)) {
    const harmless = allowed.has(name) || allowedPrefixes.some((prefix) => name.startsWith(prefix));
    if (harmless && value !== undefined) passedOn[name] = value;
  }
  return { ...passedOn, ...registry, ...own };
}
