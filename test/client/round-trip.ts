import type { DocumentNode } from 'graphql';
import { collectSealed } from '../../src/client/collect-sealed.ts';
import { finish } from '../../src/client/finish.ts';
import type { Opener } from '../../src/client/index.ts';
import { findOperation } from '../../src/client/nodes.ts';
import { prepareQuery } from '../../src/client/prepare-query.ts';
import { requestedByQuery } from '../../src/client/requested.ts';
import { requestedByMutation } from '../../src/client/requested-by-mutation.ts';
import type { MarkerAnswer, MarkerApi } from './marker-api.ts';

export interface Asked {
	readonly variables?: Readonly<Record<string, unknown>>;
	readonly operationName?: string;
	/** Changes the answer on its way, as a service that lies. */
	readonly tamper?: (answer: MarkerAnswer) => MarkerAnswer;
}

/** What an application gets for a document. */
export async function ask(service: MarkerApi, opener: Opener, document: DocumentNode, asked: Asked = {}) {
	const { variables = {}, operationName, tamper = (answer) => answer } = asked;
	const prepared = prepareQuery(document, (name) => opener.custody(name));
	const answer = tamper(service.answer({ query: prepared.document, variables, operationName }));
	const isMutation = findOperation(document, operationName)?.operation === 'mutation';
	const requestedBy = isMutation ? requestedByMutation : requestedByQuery;
	const collected = collectSealed(prepared, answer.data, { variables, operationName, requestedBy });
	return { answer, collected, ...finish(collected, await opener.open(collected.records), answer) };
}
