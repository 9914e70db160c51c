import type { Command, Option } from 'commander';
import { Program } from '../../src/cli/program.ts';
import { COMMANDS } from '../../src/cli/run-command.ts';
import { SetupError } from '../../src/errors.ts';
import { COMMAND_NOTES } from './command-notes.ts';
import { GENERATED_PAGES, pathFrom } from './generated-pages.ts';
import { linkTo, page, table } from './markdown.ts';

const PAGE = GENERATED_PAGES.commands;

const HEAD = `<!-- Written by \`npm run generate\` from src/cli/commands/ and tools/pages/command-notes.ts: change those files. -->

# Commands

*Reference. For anyone who runs commands.*

Run \`npx firmseal COMMAND\` in a checkout, or where the package is installed. Anywhere else npx asks npm's registry, which has
no package of this name from us. \`npx firmseal COMMAND --help\` shows the same options as this page.

- **\`--json\`**, on every command: standard output is one object, \`{ok: true, command, result}\` or
  \`{ok: false, command, error: {code, message}}\`, with \`result\` too if the command did its work and found something wrong. Progress goes to standard error.
- **\`--dry-run\`**, on most commands that change something: says what the command would do, and does nothing.
- **Exit codes:** 0 done; 1 refused or failed; 2 the command line is wrong.
- **Errors** say in a sentence or two what happened, to which host, database, user or path, the setting that names it, and what to do.
- **Sign-in:** a command that gives something in the name of an approver needs a token from a
  [sign-in of the last five minutes](${pathFrom(PAGE, 'docs/how-to/connect-an-identity-provider.md')}). A command that only refuses, cancels or takes away does not.`;

const SECOND_PERSON = `## A second yes

Some requests need a second person: \`job approve\`, \`lease approve\`, \`firm recover --approve\` and \`--complete\`, \`hold release\`,
and the second \`clock reset\`. In \`lease review\` a third person signs off a lease that has ended. Each of these commands works
in the same way:

1. It shows all of the request: who asked, when, for what and whom, on which terms, in which state, and until when. Each line of
   a value has a mark (\`│\`) in front, so that no text can look like another row.
2. It agrees only when you name the hash of what it showed: at a terminal you type its first eight digits; without a terminal
   \`--hash\` gives all 64. With \`--dry-run\` it shows the request and the hash, and stops there. The command that made the request
   prints the hash too.
3. If the request changed after it was shown, the answer is \`CONFLICT\` and nothing is agreed.

The hash covers the names of firms and people, with two exceptions. In \`lease approve\` the hash is the API's and covers ids only:
the names beside the ids are what the server says. \`lease review\` hashes all that it shows and reads it again before it signs off, but
apart from the request itself that is what the server says, too.`;

/** The options that the head of the page describes. */
const COMMON: readonly string[] = ['json', 'dry-run'];

const leavesOf = (command: Command): readonly Command[] =>
	command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);

/** `keys rotate`: without the name of the program. */
const nameOf = (command: Command): string =>
	isInGroup(command) && command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

const isInGroup = (command: Command): boolean => Boolean(command.parent?.parent);

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const argumentsOf = (command: Command): readonly string[] =>
	command.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`));

function usageOf(command: Command): string {
	const required = command.options.filter(({ mandatory }) => mandatory).map(({ flags }) => flags);
	const optional = command.options.some(({ mandatory, long }) => !mandatory && long !== '--json');
	return [
		'npx firmseal',
		nameOf(command),
		...argumentsOf(command),
		...required,
		...(optional ? ['[options]'] : []),
	].join(' ');
}

const meaningOf = ({ description, argChoices, mandatory }: Option): string =>
	[
		description,
		argChoices && `one of ${argChoices.map((choice) => `\`${choice}\``).join(', ')}`,
		mandatory && 'required',
	]
		.filter(Boolean)
		.join('; ');

function sectionOf(command: Command): string {
	const name = nameOf(command);
	const own = command.options.filter((option) => !COMMON.includes(option.name()) && !option.hidden);
	const hasDryRun = command.options.some(({ long }) => long === '--dry-run');
	return page([
		isInGroup(command) && `### ${name}`,
		sentence(command.description()),
		COMMAND_NOTES[name],
		`\`\`\`sh\n${usageOf(command)}\n\`\`\``,
		table(
			['option', 'meaning'],
			own.map((option) => [`\`${option.flags}\``, meaningOf(option)]),
		),
		hasDryRun && 'Has `--dry-run`.',
	]);
}

function groupOf(command: Command): string {
	const leaves = leavesOf(command);
	return page([
		`## firmseal ${command.name()}`,
		command.commands.length > 0 && sentence(command.description()),
		...leaves.map(sectionOf),
	]);
}

/** Every command with its options, as the program itself declares them. @throws SetupError for a note on a command that does not exist */
export async function commandsPage(): Promise<string> {
	const program = new Program({});
	for (const load of Object.values(COMMANDS)) (await load())(program);
	const names = program.commands.flatMap(leavesOf).map(nameOf);
	for (const name of Object.keys(COMMAND_NOTES))
		if (!names.includes(name))
			throw new SetupError(`tools/pages/command-notes.ts has a note on ${name}, but no command has this name.`);
	return page([
		HEAD,
		table(
			['command', 'does'],
			program.commands.map((command) => [
				linkTo(`firmseal ${command.name()}`, `\`${command.name()}\``),
				sentence(command.description()),
			]),
		),
		...program.commands.map(groupOf),
		SECOND_PERSON,
	]);
}
