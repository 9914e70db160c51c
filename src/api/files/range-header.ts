import { combineRanges, parse } from 'range-parser';
import type { ByteRange } from '../../documents/index.ts';

/** Ranges of one request: more would be many small pieces at the price of whole chunks. */
const MAX_RANGES = 16;

/**
 * The parts of a file of `size` bytes that a Range header asks for, as RFC 9110, section 14, has it. null: the whole file, since there is
 * no such header, or one that isn't to be understood. Empty: none of them is in the file. Parts that overlap are one.
 */
export function rangesOf(header: string | undefined, size: number): readonly ByteRange[] | null {
	if (header === undefined || !/^bytes=/i.test(header) || header.split(',').length > MAX_RANGES) return null;
	const { code, ranges } = parse(size, header);
	if (code & 1) return null;
	// Of an empty file there is no last byte: all of nothing.
	if (size === 0) return code === 0 ? null : [];
	return combineRanges(ranges).map(({ start, end }) => ({ start, end: end + 1 }));
}

/** How the bytes of an answer are laid out: parts, and what stands before each and after the last. */
export interface RangeLayout {
	readonly status: 200 | 206;
	readonly headers: Readonly<Record<string, string>>;
	readonly parts: readonly { readonly before: string; readonly range: ByteRange }[];
	readonly after: string;
	readonly length: number;
}

/** `boundary`: in no file, so random. RFC 9110, section 14.6. */
export function layOutRanges(
	ranges: readonly ByteRange[] | null,
	size: number,
	mediaType: string,
	boundary: string,
): RangeLayout {
	const [first, second] = ranges ?? [];
	if (!first) return singlePart({ start: 0, end: size }, 200, {});
	if (!second) return singlePart(first, 206, { 'content-range': contentRange(first, size) });
	const parts = (ranges ?? []).map((range) => ({
		range,
		before: `\r\n--${boundary}\r\nContent-Type: ${mediaType}\r\nContent-Range: ${contentRange(range, size)}\r\n\r\n`,
	}));
	const after = `\r\n--${boundary}--\r\n`;
	const length = parts.reduce((sum, { before, range }) => sum + before.length + lengthOf(range), after.length);
	return {
		status: 206,
		headers: { 'content-type': `multipart/byteranges; boundary=${boundary}` },
		parts,
		after,
		length,
	};
}

const singlePart = (range: ByteRange, status: 200 | 206, headers: Readonly<Record<string, string>>): RangeLayout => ({
	status,
	headers,
	parts: [{ before: '', range }],
	after: '',
	length: lengthOf(range),
});

const lengthOf = ({ start, end }: ByteRange) => end - start;
const contentRange = ({ start, end }: ByteRange, size: number) => `bytes ${start}-${end - 1}/${size}`;
