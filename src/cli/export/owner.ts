import type { GraphQLSchema } from 'graphql';
import { FirmsealError } from '../../errors.ts';
import { type CallApiPartially, invalidApiAnswer, type PartialAnswer } from '../call/index.ts';
import { selectionOf } from './selection.ts';

export interface ExportedFirm {
	readonly id: string;
	readonly slug: string;
	readonly name: string;
}

/** The firm of whoever asks, with everything that its owner may read of it. */
export interface OwnFirm {
	readonly firm: ExportedFirm;
	readonly values: Readonly<Record<string, unknown>>;
}

/** @throws FirmsealError FORBIDDEN for anybody but an owner, NOT_FOUND for another firm than the own */
export async function ownFirm(
	ask: CallApiPartially,
	schema: GraphQLSchema,
	named: string | undefined,
): Promise<OwnFirm> {
	const { text } = selectionOf(schema, 'Firm', {});
	const answer = await ask(`query { viewer { id role firm { id slug name } } }`, {});
	const { firm } = viewerOf(answer);
	assertOwner(answer, firm?.id ?? null);
	if (!isFirm(firm)) throw invalidApiAnswer();
	if (named !== undefined && named !== firm.slug && named !== firm.id)
		throw new FirmsealError('NOT_FOUND', 'There is no such firm, or not for this person.');
	const { data, errors } = await ask(`query { viewer { firm { ${text} } } }`, {});
	if (errors[0]) throw errors[0].error;
	const { firm: values } = data.viewer as { readonly firm: Readonly<Record<string, unknown>> };
	return { firm, values };
}

/** @throws FirmsealError FORBIDDEN unless the answer is for an owner of the firm, and whole as far as their right goes */
export function assertOwner(answer: PartialAnswer, firmId: string | null): void {
	const { role, firm } = viewerOf(answer);
	if (role !== 'OWNER' || firm?.id !== firmId || firm?.id === undefined)
		throw new FirmsealError(
			'FORBIDDEN',
			'Only an owner of the firm exports it: set FIRMSEAL_TOKEN to the token of one.',
		);
	if (answer.sealed.length > 0)
		throw new FirmsealError('FORBIDDEN', 'The API withholds content that an owner may read: tell whoever runs it.');
}

interface Viewer {
	readonly role?: unknown;
	readonly firm?: Partial<ExportedFirm> | null;
}

const viewerOf = ({ data }: PartialAnswer): Viewer => data.viewer ?? {};

/** What goes into a path must not be a way to elsewhere. */
const isFirm = (firm: Partial<ExportedFirm> | null | undefined): firm is ExportedFirm =>
	typeof firm?.id === 'string' && /^[a-z0-9-]{1,100}$/.test(firm?.slug ?? '') && typeof firm?.name === 'string';
