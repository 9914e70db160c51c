import type { VerifyRequest } from '../../../web/verify/given-file.ts';
import { verifyFiles } from '../../../web/verify/verify-files.ts';
import { VKEY } from '../../audit/verify/bundle-cases.ts';

export const fileOf = (content: string | Uint8Array<ArrayBuffer>, name = 'log.jsonl', lastModified = 1) =>
	new File([content], name, { lastModified });

export const requestFor = (
	bundle: string | Uint8Array<ArrayBuffer> | null,
	more: Partial<VerifyRequest> = {},
): VerifyRequest => ({
	bundle: bundle === null ? null : fileOf(bundle),
	copy: null,
	checkpoint: null,
	proofs: [],
	keyFiles: [],
	pastedKeys: VKEY,
	...more,
});

export const verdictOn = (bundle: string | Uint8Array<ArrayBuffer> | null, more: Partial<VerifyRequest> = {}) =>
	verifyFiles(requestFor(bundle, more), () => {});
