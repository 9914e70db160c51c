import type { IncomingMessage } from 'node:http';
import { FirmsealError } from '../../errors.ts';

/** RFC 3986, section 3.2.2, without the comma, by which some join two headers; RFC 9112 lets it be empty. */
const HOST = /^[\w.~!$&'()*+;=%:[\]-]*$/;

/**
 * That a request is for one host: of two, a proxy in front, or a cache, may have gone by the other (RFC 9112, section 3.2; RFC 9113,
 * section 8.3.1). Node takes the first of several Host headers, and of an address as target or `:authority` whatever it is.
 * @throws FirmsealError BAD_USER_INPUT
 */
export function assertSingleHost({ rawHeaders, url = '' }: Pick<IncomingMessage, 'rawHeaders' | 'url'>): void {
	const named = (wanted: string) =>
		rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === wanted);
	const headers = named('host');
	const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];
	const hosts = [...headers, ...named(':authority'), ...(target === undefined ? [] : [target])];
	const isOne = headers.length <= 1 && new Set(hosts.map((each) => each.toLowerCase())).size <= 1;
	if (!isOne || !hosts.every((each) => HOST.test(each)))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'The request names more than one host, or none that can be: send one Host.',
		);
}
