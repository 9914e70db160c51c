import ts from 'typescript';
import { read } from './test-files.ts';

type Text = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateExpression;

const isText = (node: ts.Node): node is Text =>
	ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);

/** `…` stands for a value. */
function textOf(node: Text): string {
	if (!ts.isTemplateExpression(node)) return node.text;
	return node.templateSpans.reduce((text, { literal }) => `${text}…${literal.text}`, node.head.text);
}

/** At least three words, and a full stop or a value at the end. */
const isSentence = (text: string): boolean =>
	/[.…]$/.test(text) && /[a-z]{2}:? /.test(text) && text.split(/\s+/).filter((word) => /[\w…]/.test(word)).length > 2;

const nameOf = (node: ts.Node): string => (ts.isNewExpression(node) ? node.expression.getText() : '');

/** The texts below the node, except for those of errors that callers receive. */
function* textsBelow(node: ts.Node): Iterable<string> {
	if (/(?<!Setup)Error$/.test(nameOf(node))) return;
	if (isText(node)) yield textOf(node);
	else for (const child of node.getChildren()) yield* textsBelow(child);
}

function* setupErrorsBelow(node: ts.Node): Iterable<ts.Node> {
	if (nameOf(node) === 'SetupError') yield node;
	for (const child of node.getChildren()) yield* setupErrorsBelow(child);
}

const parse = (path: string): ts.SourceFile => ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);

const sentencesBelow = (node: ts.Node): string[] => [...new Set(textsBelow(node))].filter(isSentence);

/** Every sentence of a file. */
export const sentencesOf = (path: string): readonly string[] => sentencesBelow(parse(path));

/** The sentences of its SetupErrors, or all sentences of the file if an error gets its sentence from elsewhere in it. */
export function setupSentencesOf(path: string): readonly string[] {
	if (!read(path).includes('new SetupError(')) return [];
	const source = parse(path);
	const errors = [...setupErrorsBelow(source)].map(sentencesBelow);
	return errors.some((sentences) => sentences.length === 0) ? sentencesBelow(source) : [...new Set(errors.flat())];
}
