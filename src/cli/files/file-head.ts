import type { IncomingMessage } from 'node:http';
import { parse } from 'content-disposition';
import { invalidApiAnswer } from '../call/index.ts';
import { isId } from '../parse/index.ts';

/** What an answer says of the file that it has, or has a part of. */
export interface FileHead {
	/** The id of the version. */
	readonly tag: string;
	/** As somebody has given it. */
	readonly name: string;
	/** Bytes of the whole file. */
	readonly total: number;
	/** The first byte of it that the answer has; `total` where it has none. */
	readonly start: number;
}

/** @throws SetupError for an answer that no server of ours gives */
export function headOf({ statusCode, headers }: Pick<IncomingMessage, 'statusCode' | 'headers'>): FileHead {
	const tag = /^"(.*)"$/.exec(headers.etag ?? '')?.[1] ?? '';
	const range = headers['content-range'] ?? '';
	const [total, start] =
		statusCode === 206
			? (/^bytes (?<start>\d+)-\d+\/(?<total>\d+)$/.exec(range)?.slice(1).toReversed() ?? [])
			: statusCode === 416
				? Array(2).fill(/^bytes \*\/(\d+)$/.exec(range)?.[1])
				: [headers['content-length'], '0'];
	if (!isId(tag) || total === undefined || start === undefined) throw invalidApiAnswer();
	return { tag, name: nameIn(headers['content-disposition']), total: Number(total), start: Number(start) };
}

function nameIn(disposition: string | undefined): string {
	try {
		return parse(disposition ?? '').parameters.filename ?? '';
	} catch {
		return '';
	}
}
