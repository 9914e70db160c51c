import { findCheckpoint, formatProofFile, proveConsistency, proveInclusion } from '../../audit-log/proofs/index.ts';
import { authorizeOperation, firmOf, type RequestContext } from '../context.ts';
import type {
	AuditCheckpointResolvers,
	AuditConsistencyProofResolvers,
	AuditInclusionProofResolvers,
	QueryResolvers,
} from '../schema-types.generated.ts';
import { recordLogRead } from './audit.ts';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** A caller who asks for another firm's tree gets nothing, and writes nothing into that tree. */
const recordProof = (context: RequestContext, tree: string | null) => recordLogRead(context, firmOf(context) ?? tree);

export const proofQueries: Required<
	Pick<QueryResolvers, 'auditCheckpoint' | 'auditInclusionProof' | 'auditConsistencyProof'>
> = {
	auditCheckpoint(_parent, { firmId, size }, context) {
		authorizeOperation(context, 'Query', 'auditCheckpoint');
		const tree = firmId ?? null;
		recordProof(context, tree);
		return context.services.plane.read(firmOf(context), (tx) => findCheckpoint(tx, tree, size ?? null));
	},
	async auditInclusionProof(_parent, { entryId }, context) {
		authorizeOperation(context, 'Query', 'auditInclusionProof');
		const proof = await context.services.plane.read(firmOf(context), (tx) => proveInclusion(tx, entryId));
		if (proof) recordProof(context, proof.firmId);
		return proof;
	},
	auditConsistencyProof(_parent, { firmId, from, to }, context) {
		authorizeOperation(context, 'Query', 'auditConsistencyProof');
		const tree = firmId ?? null;
		recordProof(context, tree);
		return context.services.plane.read(firmOf(context), (tx) => proveConsistency(tx, tree, from, to));
	},
};

export const checkpointResolvers: Pick<AuditCheckpointResolvers, 'firmId' | 'root' | 'rootInclusion'> = {
	firmId: ({ tree }) => tree,
	root: ({ root }) => base64(root),
	rootInclusion: ({ rootInclusion }) => rootInclusion && { ...rootInclusion, hashes: rootInclusion.hashes.map(base64) },
};

export const inclusionResolvers: Pick<AuditInclusionProofResolvers, 'size' | 'leafHash' | 'hashes' | 'file'> = {
	size: ({ checkpoint }) => checkpoint.size,
	leafHash: ({ leafHash }) => base64(leafHash),
	hashes: ({ hashes }) => hashes.map(base64),
	file: formatProofFile,
};

export const consistencyResolvers: Pick<AuditConsistencyProofResolvers, 'hashes'> = {
	hashes: ({ hashes }) => hashes.map(base64),
};
