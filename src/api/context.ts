import type { DocumentNode } from 'graphql';
import { decideContent, type Operation, type Principal, type Reach, reachOf, rolesOf } from '../access/index.ts';
import { type Access, entryOf } from '../content/index.ts';
import { FirmsealError } from '../errors.ts';
import type { Acting, Desk } from '../firms/index.ts';
import { deriveDocumentHash } from './document-hash.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** One request: who asks, with what right, through which plane. */
export interface RequestContext {
	/** UUIDv7, made by the server. */
	readonly requestId: string;
	readonly principal: Principal;
	/** The plane's rows and content: a principal never meets the other plane's. */
	readonly desk: Desk;
	readonly loaders: Loaders;
	/** Decides on content once the document is known; nothing can be resolved before. */
	begin(document: DocumentNode): void;
	/** null: the document was refused, so nothing has been asked of content. */
	readonly begun: Access | null;
	/** @throws Error before begin(). */
	readonly access: Access;
}

export function createContext(requestId: string, principal: Principal, desk: Desk): RequestContext {
	let begun: Access | null = null;
	return {
		requestId,
		principal,
		desk,
		loaders: createLoaders(desk.plane, principal.kind === 'firm' ? principal.firm : null),
		begin(document) {
			begun = desk.content.begin({
				decision: decideContent(principal),
				actor: { kind: principal.kind, user: principal.user, roles: rolesOf(principal) },
				plane: principal.kind,
				request: requestId,
				document: deriveDocumentHash(document),
			});
		},
		get begun() {
			return begun;
		},
		get access() {
			if (!begun) throw new Error('Something was resolved before the request was begun.');
			return begun;
		},
	};
}

/** The firm whose rows the request's transactions see; null for an operator, whose plane shows all. */
export const firmOf = ({ principal }: RequestContext): string | null => (principal.kind === 'firm' ? principal.firm : null);

/** The reach for finding one object by id; null: the caller finds nothing. */
export const reachFor = ({ principal }: RequestContext, operation: Operation): Reach | null => reachOf(principal, operation);

/** @throws FirmsealError FORBIDDEN, recorded, when the caller's roles don't have the operation. */
export function requireReach(context: RequestContext, type: 'Query' | 'Mutation', operation: Operation): Reach {
	const reach = reachOf(context.principal, operation);
	if (reach) return reach;
	const { access } = context;
	access.pending.push(
		entryOf(access.terms, {
			action: 'request.deny',
			decision: 'DENIED',
			firm: firmOf(context),
			coordinates: [`${type}.${operation}`],
			reason: 'FORBIDDEN',
		}),
	);
	throw new FirmsealError('FORBIDDEN', `Your role may not call ${operation}.`);
}

/** Who acts on its own firm's content. @throws FirmsealError FORBIDDEN as requireReach. */
export function actingFor(context: RequestContext, operation: Operation): Acting {
	requireReach(context, 'Mutation', operation);
	const { principal, access } = context;
	if (principal.kind !== 'firm') throw new FirmsealError('FORBIDDEN', 'Only members of a firm change its content.');
	return { access, user: principal.user, firm: principal.firm };
}
