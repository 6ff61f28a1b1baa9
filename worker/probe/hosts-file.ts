/** Names (in lower case) to addresses, as `/etc/hosts` gives them. */
export type Hosts = ReadonlyMap<string, readonly string[]>

/** Reads the text of a hosts file. Lines that cannot be read are left out, as the system does. */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*$/, '').trim().split(/\s+/)
    if (address === undefined || address === '') continue
    for (const name of names) addTo(hosts, name.toLowerCase(), address)
  }
  return hosts
}

function addTo(hosts: Map<string, string[]>, name: string, address: string): void {
  const known = hosts.get(name)
  if (known === undefined) hosts.set(name, [address])
  else if (!known.includes(address)) known.push(address)
}
