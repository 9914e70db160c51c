import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { FirmsealError } from '../../errors.ts';
import type { ProblemTemplate } from './problem.ts';

/** The answer to a request for a host name of another machine. It repeats nothing of the request. */
export const MISDIRECTED: ProblemTemplate = {
	status: 421,
	code: 'BAD_USER_INPUT',
	detail:
		'In development this server answers only under the names of this machine: use localhost or an IP address as the host.',
};

/** RFC 3986, section 3.2.2, without the comma, since some software joins two headers by it. RFC 9112 allows an empty host. */
const HOST = /^[\w.~!$&'()*+;=%:[\]-]*$/;
const AUTHORITY = /^(?:\[([\da-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/i;
const LOCAL_NAME = /^(?:[a-z\d_-]+\.)*localhost$/i;

/**
 * Refuses a request that names several hosts: a proxy or a cache in front may have used another one (RFC 9112, section 3.2; RFC 9113,
 * section 8.3.1). Node takes the first of several Host headers, and accepts any host in an absolute target or `:authority`. HTTP/1.1
 * requires a Host header. Node's own check for it is off, because it answers without a body. Also refuses several Authorization headers,
 * of which Node keeps the first.
 * @throws FirmsealError BAD_USER_INPUT
 */
export function assertUnambiguous(request: IncomingMessage): void {
	const headers = valuesOf(request, 'host');
	const hosts = hostsOf(request);
	const isOne = headers.length <= 1 && new Set(hosts.map((each) => each.toLowerCase())).size <= 1;
	const isMissing = request.httpVersion === '1.1' && headers.length === 0;
	if (isMissing || !isOne || !hosts.every((each) => HOST.test(each)))
		throw new FirmsealError('BAD_USER_INPUT', 'The request must name exactly one valid host: send one Host header.');
	if (valuesOf(request, 'authorization').length > 1)
		throw new FirmsealError('BAD_USER_INPUT', 'The request has several Authorization headers: send only one token.');
}

/**
 * Whether a request names this machine: `localhost`, a name below it, or an IP address, with any port. An attacker's DNS name that points
 * here (DNS rebinding) would make the attacker's page the same origin. An address and `localhost` can't be pointed elsewhere, and a
 * browser always names a host.
 */
export const namesThisMachine = (request: IncomingMessage): boolean => hostsOf(request).every(isLocalHost);

function isLocalHost(host: string): boolean {
	const [, v6, name = ''] = AUTHORITY.exec(host) ?? [];
	return v6 === undefined ? isIP(name) === 4 || LOCAL_NAME.test(name) : isIP(v6) === 6;
}

/** Every host that a request names: in a header, in `:authority` of HTTP/2, or in an absolute target. */
function hostsOf(request: IncomingMessage): readonly string[] {
	const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(request.url ?? '')?.[1];
	return [...valuesOf(request, 'host'), ...valuesOf(request, ':authority'), ...(target === undefined ? [] : [target])];
}

const valuesOf = ({ rawHeaders }: IncomingMessage, name: string): readonly string[] =>
	rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
