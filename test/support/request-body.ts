import type { IncomingMessage } from 'node:http';

/** All of a request's body; null: whoever sends it has hung up in the middle. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
	const pieces: Buffer[] = [];
	try {
		for await (const piece of request) pieces.push(piece);
	} catch {
		return null;
	}
	return Buffer.concat(pieces);
}
