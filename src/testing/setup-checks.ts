import { assertEveryFieldWrapped, type Registry, readRegistry } from '../encryption-directive/index.ts';
import { SetupError } from '../errors.ts';
import type { KitOptions } from './options.ts';
import type { Finding, WalkedPath } from './run-kit.ts';

/** What holds without a question: the start-up rules, and a wrapper on every encrypted field. */
export function checkSchema({ schema, registry, ...options }: KitOptions): Finding[] {
	return [() => readRegistry(schema, options), () => assertEveryFieldWrapped(schema, registry)].flatMap((check) => {
		try {
			check();
			return [];
		} catch (error) {
			if (!(error instanceof SetupError)) throw error;
			return error.message.split('\n').map((sentence) => ({ principal: null, sentence, query: null }));
		}
	});
}

/** A walk that shows nothing of a field shows nothing. */
export function coverageGaps({ fields }: Registry, walked: readonly WalkedPath[]): Finding[] {
	return fields.flatMap(({ coordinate }) => {
		const met = walked.filter(({ path }) => path.field.coordinate === coordinate);
		const outcomes = new Set(met.flatMap((each) => Object.values(each.outcomes)));
		const gaps = [
			...(met.length === 0 ? [`No path to ${coordinate} was walked.`] : []),
			...(met.length > 0 && !outcomes.has('VALUE')
				? [`No one was given ${coordinate}: give its objects a value there.`]
				: []),
			...(outcomes.size === 1 && outcomes.has('VALUE')
				? [`No one was refused ${coordinate}: add a principal who may not open it.`]
				: []),
		];
		return gaps.map((sentence) => ({ principal: null, sentence, query: null }));
	});
}

/** No principal's own database session shows more than the API would. */
export async function checkSessions({ registry, principals }: KitOptions): Promise<Finding[]> {
	const findings: Finding[] = [];
	for (const principal of principals)
		for (const field of registry.fields) {
			const mayOpen = principal.opens(field) === true;
			if (!principal.reads || mayOpen === (await principal.reads(field))) continue;
			const sentence = mayOpen
				? `Its own session shows nothing of ${field.coordinate}, which it opens.`
				: `Its own session shows ${field.coordinate}, of which it opens nothing.`;
			findings.push({ principal: principal.name, sentence, query: null });
		}
	return findings;
}
