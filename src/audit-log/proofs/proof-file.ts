import type { InclusionProof } from './prove-inclusion.ts';

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes as string).toString('base64');

/** The proof as a C2SP tlog-proof, with the leaf itself as its extra data (src/audit/FORMAT.md "Proof file"). */
export const formatProofFile = ({ leaf, index, hashes, checkpoint }: InclusionProof): string =>
	[
		'c2sp.org/tlog-proof@v1',
		`extra ${base64(leaf)}`,
		`index ${index}`,
		...hashes.map(base64),
		'',
		checkpoint.note,
	].join('\n');
