import type { IncomingMessage } from 'node:http';

/** The complete body of a request. Null if the client closed the connection before its end. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
	const pieces: Buffer[] = [];
	try {
		for await (const piece of request) pieces.push(piece);
	} catch {
		return null;
	}
	return Buffer.concat(pieces);
}
