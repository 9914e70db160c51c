/**
 * The network of an address: an IPv4 address itself, also in its IPv6 form; of an IPv6 address the first 64 bits, which one customer
 * of a provider has alone (RFC 6177), as four groups without leading zeros.
 */
export function networkOf(address: string): string {
	const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
	if (mapped !== undefined) return mapped;
	if (!address.includes(':')) return address;
	const [head = '', tail] = address.toLowerCase().split('::');
	const groups = (part = '') => (part === '' ? [] : part.split(':'));
	const first = groups(head);
	const last = groups(tail);
	const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
	const all = [...first, ...Array<string>(zeros).fill('0'), ...last];
	return all
		.slice(0, 4)
		.map((group) => group.replace(/^0+(?=.)/, ''))
		.join(':');
}
