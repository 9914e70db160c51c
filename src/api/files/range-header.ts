import { combineRanges, parse } from 'range-parser';
import type { ByteRange } from '../../documents/index.ts';

/** Ranges of one request. More ranges would mean many small pieces, each at the cost of a whole chunk. */
export const MAX_RANGES = 16;

/**
 * The parts of a file of `size` bytes that a Range header asks for (RFC 9110, section 14). Null for the whole file: the header is
 * missing or not understood. Empty if no range lies in the file. Overlapping parts are merged.
 */
export function rangesOf(header: string | undefined, size: number): readonly ByteRange[] | null {
	if (header === undefined || !/^bytes=/i.test(header) || header.split(',').length > MAX_RANGES) return null;
	const { code, ranges } = parse(size, header);
	if (code & 1) return null;
	// A suffix range of an empty file selects the whole, empty file.
	if (size === 0) return code === 0 ? null : [];
	return combineRanges(ranges).map(({ start, end }) => ({ start, end: end + 1 }));
}

/** The layout of an answer: parts, the text before each part, and the text after the last. */
export interface RangeLayout {
	readonly status: 200 | 206;
	readonly headers: Readonly<Record<string, string>>;
	readonly parts: readonly { readonly before: string; readonly range: ByteRange }[];
	readonly after: string;
	readonly length: number;
}

/** `boundary` must occur in no file, so it is random. RFC 9110, section 14.6. */
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
