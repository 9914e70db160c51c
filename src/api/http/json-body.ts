import { MIMEType } from 'node:util';
import type { FastifyInstance } from 'fastify';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Takes JSON in UTF-8 (RFC 8259, 8.1) and nothing else. Fastify's own parser reads bytes that are not UTF-8 as U+FFFD:
 * content would be sealed other than it was sent.
 */
export function acceptOnlyUtf8Json(app: FastifyInstance): void {
	const parse = app.getDefaultJsonParser('error', 'error');
	app.removeContentTypeParser('text/plain');
	app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
		const charset = new MIMEType(request.headers['content-type'] ?? '').params.get('charset') ?? 'utf-8';
		if (charset.toLowerCase() !== 'utf-8') return done(refusal(415));
		let text: string;
		try {
			text = utf8.decode(body);
		} catch {
			return done(refusal(400));
		}
		return parse(request, text, done);
	});
}

const refusal = (statusCode: number) => Object.assign(new Error('not JSON in UTF-8'), { statusCode });
