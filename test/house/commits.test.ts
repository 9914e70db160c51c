import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { project } from './tree.ts';

/** Conventional Commits 1.0.0: a type, an optional scope, and a subject in the imperative. */
const FORM = /^(build|chore|ci|docs|feat|fix|perf|refactor|revert|test)(\([a-z-]+\))?!?: [a-z`].*[^.\s]$/;
/** Maximum characters of a commit's first line. */
const LONGEST = 72;
const SELF = 'test/house/commits.test.ts';

const git = (...args: string[]): string[] => {
	const { status, stdout } = spawnSync('git', args, { cwd: project, encoding: 'utf8' });
	return status === 0 ? stdout.split('\n').filter((line) => line !== '') : [];
};

/** The commit that added this test. Earlier commits keep their form. */
const [first] = git('log', '--diff-filter=A', '--format=%H', '--', SELF).slice(-1);

it.skipIf(first === undefined)('every commit subject has the form `type: subject`, with at most 72 characters', () => {
	const subjects = git('log', '--no-merges', '--format=%s', `${first}^..HEAD`);
	expect(subjects.length).toBeGreaterThan(0);
	expect(subjects.filter((subject) => !FORM.test(subject) || subject.length > LONGEST)).toEqual([]);
});

it.each([
	['fix: refuse a database with migrations of another program', true],
	['feat(api)!: answer lists in pages', true],
	['Fixed the database', false],
	['fix: Refuse it', false],
	['fix: refuse it.', false],
	['update: refuse it', false],
])('the check judges the subject %j: %s', (subject, isGood) => {
	expect(FORM.test(subject)).toBe(isGood);
});
