import type { FastifyRequest } from 'fastify';

const LOCAL_NAMES = ['127.0.0.1', '[::1]', 'localhost'];

/** The origin that a request was sent to; null unless it is a name of this machine with the port of this server. */
export function ownOriginOf({ raw }: FastifyRequest): string | null {
	const scheme = 'encrypted' in raw.socket ? 'https' : 'http';
	const origin = `${scheme}://${raw.headers.host ?? raw.headers[':authority']}`;
	const own = LOCAL_NAMES.map((name) => new URL(`${scheme}://${name}:${raw.socket.localPort}`).origin);
	return own.includes(origin) ? origin : null;
}

/** Whether a browser sent the request from a page of this origin. Browsers send both headers with every form. */
export const isFromOwnPage = ({ headers }: FastifyRequest, own: string): boolean =>
	headers.origin === own && headers['sec-fetch-site'] === 'same-origin';
