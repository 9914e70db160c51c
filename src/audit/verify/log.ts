// The exports for the program itself. index.ts is the entry of the package, whose names are fixed.
export {
	type Anchor,
	type AnchoredLeaf,
	type AnchorListeners,
	type ReadAnchorOptions,
	readAnchor,
	readFirstKey,
} from './anchor.ts';
export {
	type AnchorChain,
	type AnchorChainOptions,
	createAnchorChain,
	hashing,
	type IncrementalHash,
} from './anchor-chain.ts';
export type { AnchorHeader, AnchorSection } from './anchor-lines.ts';
export { type BundleOptions, type NotedCheckpoint, type VerifiedBundle, verifyBundle } from './bundle.ts';
export {
	type BundleVerdict,
	countOfFindings,
	type FileVerdict,
	type JudgedFile,
	judgeBundle,
	judgeProof,
	type VerdictOptions,
} from './file-verdict.ts';
export type { OnFlaw } from './firm-trees.ts';
export { type FreshCheckpoint, verifyFreshCheckpoint } from './fresh-checkpoint.ts';
export { isVkey, MAX_KEY_FILE_BYTES, parseKeyFile } from './key-file.ts';
export { createLeafChecks, type LeafFacts, reportFlaw } from './leaf-checks.ts';
export { linesOf } from './lines.ts';
export { createLogChecks, type LogCheckOptions, type LogChecks } from './log-checks.ts';
export {
	createLogFindings,
	findingKindOf,
	type LogFinding,
	type LogFindingKind,
	type LogFindings,
} from './log-findings.ts';
export { type FirmOrigin, keyLogOriginOf, NO_FIRM, parseFirmOrigin, rootOriginOf, treeOfOrigin } from './origin.ts';
export { type VerifiedProof, verifyProofFile } from './proof-file.ts';
export { parseRootLeaf, type RootLeaf, signerKeyOf } from './root-leaf.ts';
export { createTreeHasher, hashLeaf, type Sha256, type TreeEdge, type TreeHasher } from './tree-hasher.ts';
export { openKeptCheckpoint } from './trusted-keys.ts';
export { parseVerifierKey, vkeyForOrigin } from './verifier-key.ts';
