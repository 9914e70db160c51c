import type { Outcome } from './options.ts';
import type { KitReport, WalkedPath } from './run-kit.ts';

const SIGN: Readonly<Record<Outcome, string>> = { VALUE: 'value', WITHHELD: 'withheld', CLOSED: '-' };

/**
 * A Markdown table with a column for each principal, and one row for all paths from one field of Query or Mutation to one coordinate. Cells
 * count the outcomes.
 */
export function renderCoverage({ walked }: KitReport): string {
	const groups = Map.groupBy(walked, ({ path }) => `${path.steps[0].coordinate} … ${path.field.coordinate}`);
	return table([...groups].map(([name, of]) => ({ name, of })));
}

function table(lines: readonly { readonly name: string; readonly of: readonly WalkedPath[] }[]): string {
	const names = Object.keys(lines[0]?.of[0]?.outcomes ?? {});
	const rows = lines.map(({ name, of }) => [
		`\`${name}\``,
		String(of.length),
		...names.map((principal) => {
			const counts = Map.groupBy(of, ({ outcomes }) => SIGN[outcomes[principal] ?? 'CLOSED']);
			return [...counts].map(([sign, group]) => (counts.size > 1 ? `${group.length} ${sign}` : sign)).join(', ');
		}),
	]);
	return [['path', 'paths', ...names], ['---', '--:', ...names.map(() => '---')], ...rows]
		.map((cells) => `| ${cells.join(' | ')} |`)
		.join('\n');
}
