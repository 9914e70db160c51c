import { Fragment } from 'react';
import { replaceHiddenCharacters, type TextForm } from '../../../src/access/visible-text.ts';
import { numberOf } from './visible-line.ts';

/** A private-use character, which is itself hidden and so never remains in the text that replaceHiddenCharacters() has gone over. */
const MARK = '\u{F0000}';

/** A word that would push the next columns of a table out of sight. */
const LONG_WORD = /\S{25}/;

/** Text of a person, with each character that a reader would not see shown by its number, such as U+202E. */
export function VisibleText({ text, form = 'LINE' }: { readonly text: string; readonly form?: TextForm }) {
	const hidden: string[] = [];
	const marked = replaceHiddenCharacters(text, form, (character) => {
		hidden.push(numberOf(character));
		return MARK;
	});
	const name = [form === 'LINES' && 'pre', LONG_WORD.test(text) && 'long'].filter(Boolean).join(' ') || undefined;
	// The direction of a foreign name must not change the order of what stands around it.
	if (hidden.length === 0) return <bdi className={name}>{text}</bdi>;
	return (
		<bdi className={name}>
			{marked.split(MARK).map((part, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other identity
				<Fragment key={index}>
					{part}
					{hidden[index] && <span className="hidden-character">{hidden[index]}</span>}
				</Fragment>
			))}
		</bdi>
	);
}
