import { inspect } from 'node:util';
import { expect } from 'vitest';
import { type ErrorCode, FirmsealError } from '../../../src/errors.ts';

/** The FirmsealError that `promise` rejects with. */
export async function refusalOf(promise: Promise<unknown>): Promise<FirmsealError> {
	const error = await promise.then(
		() => new Error('Nothing was refused.'),
		(error) => error,
	);
	expect(error).toBeInstanceOf(FirmsealError);
	return error as FirmsealError;
}

export async function expectRefusal(promise: Promise<unknown>, code: ErrorCode, message: RegExp): Promise<void> {
	const error = await refusalOf(promise);
	expect(`${error.code}: ${error.message}`).toMatch(message);
	expect(error.code).toBe(code);
	// Complete sentences.
	expect(error.message).toMatch(/^[A-Z].*[.`]$/);
}

const LENGTH = 16;

/** Pieces of 16 characters of every form in which a secret may be written. */
function piecesOf(secret: Uint8Array): string[] {
	const buffer = Buffer.from(secret);
	const written = (['hex', 'base64', 'base64url', 'latin1'] as const).map((encoding) => buffer.toString(encoding));
	return [...written, [...secret].join(), [...secret].join(', ')].flatMap((text) =>
		Array.from({ length: Math.max(text.length - LENGTH, 0) + 1 }, (_, start) => text.slice(start, start + LENGTH)),
	);
}

/** Expects that no form in which `error` is reported contains a piece of a secret. */
export function expectSilent(error: FirmsealError, secrets: readonly Uint8Array[]): void {
	const everything = [
		error.message,
		error.stack,
		inspect(error, { showHidden: true, depth: 9 }),
		JSON.stringify(error),
	].join();
	expect(error.cause).toBeUndefined();
	const lower = everything.toLowerCase();
	expect(
		secrets.flatMap(piecesOf).filter((piece) => everything.includes(piece) || lower.includes(piece.toLowerCase())),
	).toEqual([]);
}
