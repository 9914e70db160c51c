import { MIMEType } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const FORM = 'application/x-www-form-urlencoded';
/** Bytes of a form: the query of an authorization request once more, and a few values. */
const MAX_BYTES = 8 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Lets the routes of `scope` take forms in UTF-8, and no other body. */
export function acceptForms(scope: FastifyInstance): void {
	scope.removeAllContentTypeParsers();
	scope.addContentTypeParser<Buffer>(FORM, { parseAs: 'buffer', bodyLimit: MAX_BYTES }, (request, body, done) => {
		const charset = new MIMEType(request.headers['content-type'] ?? '').params.get('charset') ?? 'utf-8';
		if (charset.toLowerCase() !== 'utf-8') return done(wrongFormError(415));
		try {
			done(null, new URLSearchParams(utf8.decode(body)));
		} catch {
			done(wrongFormError(400));
		}
	});
}

const wrongFormError = (statusCode: number) => Object.assign(new Error('not a form in UTF-8'), { statusCode });

/** The parameters of a request: of its body if it is a POST, otherwise of its query. */
export function formOf({ method, body, raw }: FastifyRequest): URLSearchParams {
	if (method === 'POST') return body instanceof URLSearchParams ? body : new URLSearchParams();
	const { url = '' } = raw;
	return new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
}
