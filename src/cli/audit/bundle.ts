import type { ApiCheckpoint } from './checkpoint.ts';

/** The first line of a bundle (src/audit/FORMAT.md "Bundle"). */
export interface ExportedBundleHeader {
	readonly origin: string;
	/** Number of leaves. */
	readonly size: number;
}

/** The keys are in the order of RFC 8785. JSON.stringify writes text and integers in the form that RFC 8785 requires. */
export const headerLine = ({ origin, size }: ExportedBundleHeader): string =>
	`${JSON.stringify({ format: 'firmseal-audit-bundle', origin, size, v: 1 })}\n`;

/** null if the line is not exactly as headerLine() writes it. */
export function parseHeader(line: string): ExportedBundleHeader | null {
	try {
		const { origin, size } = JSON.parse(line) as Partial<ExportedBundleHeader>;
		if (typeof origin !== 'string' || !Number.isSafeInteger(size)) return null;
		const header = { origin, size: size as number };
		return headerLine(header) === `${line}\n` ? header : null;
	} catch {
		return null;
	}
}

export function footerLine({ note, rootInclusion }: ApiCheckpoint): string {
	const { index = 0, hashes: proof = [], note: checkpoint = '' } = rootInclusion ?? {};
	return `${JSON.stringify({ checkpoint: note, root: { checkpoint, index, proof } })}\n`;
}
