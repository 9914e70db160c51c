import { FirmsealError } from '../../errors.ts';
import { type CallApi, firmIdOf, invalidApiAnswer, pages } from '../call/index.ts';

/**
 * The id of the firm whose tree is meant: the named firm, or the person's own firm.
 * @throws FirmsealError NOT_FOUND; BAD_USER_INPUT for an operator, who belongs to no firm and has named none
 */
export async function treeOf(ask: CallApi, firm: string | undefined): Promise<string> {
	if (firm !== undefined) return firmIdOf(ask, firm);
	const { viewer } = await ask('viewer', {});
	const { operatorRoles } = Object(viewer) as { readonly operatorRoles: unknown };
	if (!Array.isArray(operatorRoles)) throw invalidApiAnswer();
	if (operatorRoles.length > 0)
		throw new FirmsealError('BAD_USER_INPUT', 'You belong to no firm: name one with --firm, by its slug or id.');
	// A member sees only their own firm.
	for await (const [own] of pages<{ readonly id: string }>(ask, 'firms', 'firms', {})) if (own) return own.id;
	throw new FirmsealError('NOT_FOUND', 'No such firm exists, or this person may not see it.');
}
