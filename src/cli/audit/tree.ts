import { FirmsealError } from '../../errors.ts';
import { type CallApi, firmIdOf, invalidApiAnswer, pages } from '../call/index.ts';

/** Whose tree is meant: the firm that is named, or the person's own. @throws FirmsealError NOT_FOUND; BAD_USER_INPUT for who is of no firm. */
export async function treeOf(ask: CallApi, firm: string | undefined): Promise<string> {
	if (firm !== undefined) return firmIdOf(ask, firm);
	const { viewer } = await ask('viewer', {});
	const { operatorRoles } = Object(viewer) as { readonly operatorRoles: unknown };
	if (!Array.isArray(operatorRoles)) throw invalidApiAnswer();
	if (operatorRoles.length > 0)
		throw new FirmsealError('BAD_USER_INPUT', 'You are of no firm: name one by --firm, its slug or id.');
	// Of a member they are its own.
	for await (const [own] of pages<{ readonly id: string }>(ask, 'firms', 'firms', {})) if (own) return own.id;
	throw new FirmsealError('NOT_FOUND', 'There is no such firm, or not for this person.');
}
