import ts from 'typescript';
import { expect, it } from 'vitest';
import { files, read } from './tree.ts';

/** Lines of a function in src/, from its first to its last, those of the functions inside it included. */
const LONGEST = 60;

interface Measured {
	readonly name: string;
	readonly lines: number;
}

/** Every function, method and arrow function of a file. */
function functionsOf(path: string): Measured[] {
	const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
	const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
	const found: Measured[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isFunctionLike(node) && 'body' in node && node.body) {
			const name = node.name?.getText() ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : '?');
			found.push({ name: `${path}: ${name}`, lines: lineOf(node.end) - lineOf(node.getStart()) + 1 });
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

it('no function in src/ has more than 60 lines', () => {
	const measured = files('src')
		.filter((path) => path.endsWith('.ts') && !path.endsWith('.generated.ts'))
		.flatMap(functionsOf);
	expect(measured.length).toBeGreaterThan(1_000);
	expect(measured.filter(({ lines }) => lines > LONGEST)).toEqual([]);
});
