import type { GraphQLSchema } from 'graphql';
import { FirmsealError } from '../../errors.ts';
import { type CallApiPartially, invalidApiAnswer, type PartialAnswer } from '../call/index.ts';
import { selectionOf } from './queries.ts';

export interface ExportedFirm {
	readonly id: string;
	readonly slug: string;
	readonly name: string;
}

/** The person's firm, with everything that its owner may read of it. */
export interface OwnFirm {
	readonly firm: ExportedFirm;
	readonly values: Readonly<Record<string, unknown>>;
}

/** @throws FirmsealError FORBIDDEN if the person is not an owner, NOT_FOUND if `named` is not their own firm */
export async function ownFirm(ask: CallApiPartially, schema: GraphQLSchema, named?: string): Promise<OwnFirm> {
	const answer = await ask(`query { viewer { id role firm { ${selectionOf(schema, 'Firm')} } } }`, {});
	const { firm } = viewerOf(answer);
	assertOwner(answer, firm?.id ?? null);
	if (answer.errors[0]) throw answer.errors[0].error;
	if (!isFirm(firm)) throw invalidApiAnswer();
	if (named !== undefined && named !== firm.slug && named !== firm.id)
		throw new FirmsealError('NOT_FOUND', 'This person is in another firm, and can export only that.');
	return { firm, values: { ...firm } };
}

/**
 * Content in the firm's own custody is not withheld: the answer has it as the firm's devices sealed it.
 * @throws FirmsealError FORBIDDEN unless the answer is for an owner of the firm and withholds nothing that an owner may read
 */
export function assertOwner(answer: PartialAnswer, firmId: string | null): void {
	const { role, firm } = viewerOf(answer);
	if (role !== 'OWNER' || firm?.id !== firmId || firm?.id === undefined)
		throw new FirmsealError(
			'FORBIDDEN',
			'Only an owner of the firm can export it: set FIRMSEAL_TOKEN to the token of one.',
		);
	if (answer.sealed.some(({ reason }) => reason !== 'FIRM_CUSTODY'))
		throw new FirmsealError(
			'FORBIDDEN',
			'The API withholds content that an owner may read: report this to the operator of the API.',
		);
}

interface Viewer {
	readonly role?: unknown;
	readonly firm?: Partial<ExportedFirm> | null;
}

const viewerOf = ({ data }: PartialAnswer): Viewer => data.viewer ?? {};

/** The slug becomes a part of a path. */
const isFirm = (firm: Partial<ExportedFirm> | null | undefined): firm is ExportedFirm =>
	typeof firm?.id === 'string' && /^[a-z0-9-]{1,100}$/.test(firm?.slug ?? '') && typeof firm?.name === 'string';
