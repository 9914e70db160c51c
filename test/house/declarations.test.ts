import ts from 'typescript';
import { expect, it } from 'vitest';
import { files, read } from './tree.ts';

/** Maximum lines of a function in src/, including the functions inside it. */
const LONGEST = 60;

const sources = files('src')
	.filter((path) => path.endsWith('.ts') && !path.endsWith('.generated.ts'))
	.map((path) => ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true));

interface Measured {
	readonly name: string;
	readonly lines: number;
}

/** Every function, method and arrow function of a file. */
function functionsOf(source: ts.SourceFile): Measured[] {
	const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
	const found: Measured[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isFunctionLike(node) && 'body' in node && node.body) {
			const name = node.name?.getText() ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : '?');
			found.push({ name: `${source.fileName}: ${name}`, lines: lineOf(node.end) - lineOf(node.getStart()) + 1 });
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

const isExported = (node: ts.HasModifiers): boolean =>
	node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;

/** The classes, interfaces and type aliases that a file exports. */
const exportedTypesOf = (source: ts.SourceFile): string[] =>
	source.statements.flatMap((statement) =>
		(ts.isClassDeclaration(statement) ||
			ts.isInterfaceDeclaration(statement) ||
			ts.isTypeAliasDeclaration(statement)) &&
		isExported(statement)
			? (statement.name?.text ?? [])
			: [],
	);

it('no function in src/ has more than 60 lines', () => {
	const measured = sources.flatMap(functionsOf);
	expect(measured.length).toBeGreaterThan(1_000);
	expect(measured.filter(({ lines }) => lines > LONGEST)).toEqual([]);
});

it('no two types that src/ exports have the same name', () => {
	const names = sources.flatMap(exportedTypesOf);
	expect(names.length).toBeGreaterThan(500);
	expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
