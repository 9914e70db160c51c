import { assertEveryFieldWrapped, type Registry, readRegistry } from '../encryption-directive/index.ts';
import { SetupError } from '../errors.ts';
import type { KitOptions } from './options.ts';
import type { Finding, WalkedPath } from './run-kit.ts';

/** Checks that need no query: the start-up rules, and a wrapper on every encrypted field. */
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

/** Reports fields for which the walk proves nothing. */
export function coverageGaps({ fields }: Registry, walked: readonly WalkedPath[]): Finding[] {
	return fields.flatMap(({ coordinate }) => {
		const met = walked.filter(({ path }) => path.field.coordinate === coordinate);
		const outcomes = new Set(met.flatMap((each) => Object.values(each.outcomes)));
		const gaps = [
			...(met.length === 0 ? [`No path to ${coordinate} was walked.`] : []),
			...(met.length > 0 && !outcomes.has('VALUE')
				? [`No principal got a value of ${coordinate}: give its objects a value.`]
				: []),
			...(outcomes.size === 1 && outcomes.has('VALUE')
				? [`No principal was refused ${coordinate}: add a principal that may not open it.`]
				: []),
		];
		return gaps.map((sentence) => ({ principal: null, sentence, query: null }));
	});
}

/** Checks that the principals' own database sessions show exactly the fields that they may open. */
export async function checkSessions({ registry, principals }: KitOptions): Promise<Finding[]> {
	const findings: Finding[] = [];
	for (const principal of principals)
		for (const field of registry.fields) {
			const mayOpen = principal.opens(field) === true;
			if (!principal.reads || mayOpen === (await principal.reads(field))) continue;
			const sentence = mayOpen
				? `Its own session shows nothing of ${field.coordinate}, which it opens.`
				: `Its own session shows ${field.coordinate}, which it may not open.`;
			findings.push({ principal: principal.name, sentence, query: null });
		}
	return findings;
}
