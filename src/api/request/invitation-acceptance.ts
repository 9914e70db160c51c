import { type DocumentNode, Kind, OperationTypeNode, parse } from 'graphql';
import type { Newcomer, Principal } from '../../access/index.ts';
import { planeOfRequest } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RequestServices } from '../../firms/index.ts';
import type { RequestContext } from '../context.ts';
import { MAX_TOKENS } from '../limits/index.ts';
import { Loaders } from '../loaders.ts';

/** Whether a request only accepts an invitation: the only request that a person without a firm may send. */
export function isInvitationAcceptance({ method, body }: { readonly method: string; readonly body: unknown }): boolean {
	const query = (body as { readonly query?: unknown } | null | undefined)?.query;
	// No other request is worth parsing twice.
	if (method !== 'POST' || typeof query !== 'string' || !query.includes('acceptInvitation')) return false;
	try {
		return acceptsOnlyInvitation(parse(query, { maxLexicalTokens: MAX_TOKENS, noLocation: true }));
	} catch {
		// Apollo reports the mistake, to callers who may know.
		return false;
	}
}

function acceptsOnlyInvitation({ definitions: [operation, ...others] }: DocumentNode): boolean {
	if (others.length > 0 || operation?.kind !== Kind.OPERATION_DEFINITION) return false;
	const [field, ...more] = operation.selectionSet.selections;
	return (
		operation.operation === OperationTypeNode.MUTATION &&
		more.length === 0 &&
		field?.kind === Kind.FIELD &&
		field.name.value === 'acceptInvitation'
	);
}

/** The context of a person without a firm. Code that reads the principal ends the request. */
export class NewcomerContext implements RequestContext {
	readonly issuedAt = null;
	readonly authTime = null;
	readonly lease = null;
	readonly requestId: string;
	readonly newcomer: Newcomer;
	readonly party: string;
	readonly services: RequestServices;
	readonly revocationServices: RequestServices;
	readonly loaders: Loaders;

	constructor(requestId: string, newcomer: Newcomer, shared: RequestServices) {
		this.requestId = requestId;
		this.newcomer = newcomer;
		this.party = newcomer.subject;
		this.services = { ...shared, plane: planeOfRequest(shared.plane, this.party) };
		this.revocationServices = this.services;
		this.loaders = new Loaders(this.services.plane, null);
	}

	get principal(): Principal {
		throw new FirmsealError('FORBIDDEN', 'You belong to no firm: you may only accept an invitation.');
	}

	isPrincipalUnchanged = async () => false;
}
