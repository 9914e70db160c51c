import { createTicket } from '../../documents/index.ts';
import { authorizeMember } from '../context.ts';
import type {
	CreateDocumentPayloadResolvers,
	CreateDocumentVersionPayloadResolvers,
	MutationResolvers,
} from '../schema-types.generated.ts';

const uploadPathOf = (documentId: unknown) => `/documents/${String(documentId)}/content`;

export const createDocumentPayload: Pick<CreateDocumentPayloadResolvers, 'uploadPath'> = {
	uploadPath: ({ document }) => uploadPathOf((document as { readonly id: string }).id),
};

export const createDocumentVersionPayload: Pick<CreateDocumentVersionPayloadResolvers, 'uploadPath'> = {
	uploadPath: (payload) => uploadPathOf((payload as unknown as Given).input.documentId),
};

/** The mutation's arguments. */
interface Given {
	readonly input: { readonly documentId: string };
}

export const documentMutations: Required<Pick<MutationResolvers, 'createDownload'>> = {
	createDownload: async (_parent, { input: { documentId, number } }, context) => {
		const acting = authorizeMember(context, 'createDownload');
		return {
			path: `/downloads/${await createTicket(context.services, acting, { documentId, version: number ?? null })}`,
		};
	},
};
