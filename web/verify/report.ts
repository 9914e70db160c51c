import { escapeHiddenCharacters } from '../../src/access/visible-text.ts';
import { headlineOf, meaningOf, type Verdict } from './verdict.ts';

/** What a person gives to others: the verdict, and exactly which files it is about. */
export function reportAsJson(verdict: Verdict, at: Date): string {
	const report = {
		format: 'firmseal-verification-report',
		v: 1,
		at: at.toISOString(),
		headline: headlineOf(verdict),
		...meaningOf(verdict),
		...verdict,
	};
	return `${JSON.stringify(report, null, '\t')}\n`;
}

export function reportAsText(verdict: Verdict, at: Date): string {
	const { says, facts, findings, isCut, files, note, summary } = verdict;
	const { proves, not } = meaningOf(verdict);
	const lines = [
		headlineOf(verdict),
		'',
		...says,
		proves,
		not,
		'',
		...facts.map(([label, text]) => `${label.padEnd(12)}${text}`),
		`verified    ${at.toISOString()}, by the clock of the reader`,
		...files.map(
			({ name, bytes, sha256 }) =>
				`file        ${JSON.stringify(name)}, ${bytes.toLocaleString('en')} bytes${sha256 === null ? '' : `, SHA-256 ${sha256}`}`,
		),
		...(findings.length === 0 ? [] : ['', `Findings${isCut ? ' (more than are listed)' : ''}`]),
		...findings.flatMap(({ file, line, why, hint }) => [
			`- ${placeOf(file, line)}${why}`,
			...(hint === null ? [] : [`  ${hint}`]),
		]),
		...(summary === null ? [] : ['', 'Entries by action']),
		...(summary?.actions.map(([action, count]) => `${count.toLocaleString('en').padStart(9)}  ${action}`) ?? []),
		...(note === null ? [] : ['', 'Checkpoint to keep', '', note.trimEnd()]),
	];
	return `${lines.map((line) => escapeHiddenCharacters(line, 'LINES')).join('\n')}\n`;
}

/** Such as `"log.jsonl", line 9: `. Empty if the finding is about no file. */
export function placeOf(file: string, line: number | null): string {
	if (file === '') return '';
	return `${JSON.stringify(file)}${line === null ? '' : `, line ${line.toLocaleString('en')}`}: `;
}
