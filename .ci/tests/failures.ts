import { stripVTControlCharacters } from 'node:util';
import type { TestModule } from 'vitest/node';

/** A first failure, whether or not its file passed in the second run. */
export interface Failure {
	/** The path of the test file. */
	readonly path: string;
	/** The name of the test or suite. */
	readonly name: string;
	/** Can have many lines. */
	readonly message: string;
}

interface Thrown {
	readonly name?: string;
	readonly message?: string;
	/** The test file in whose worker an uncaught error occurred. */
	readonly VITEST_TEST_PATH?: string;
}

/** The failures in the order of the tests in their files. A file that runs again loses its failures. */
export function failuresOf(modules: readonly TestModule[], unhandled: readonly unknown[]): readonly Failure[] {
	const failures: Failure[] = [];
	for (const module of modules) {
		const path = module.relativeModuleId;
		const tell = (name: string, errors: readonly Thrown[]) => {
			for (const { name: of = 'Error', message = '' } of errors)
				failures.push({ path, name, message: `${of}: ${message}` });
		};
		tell('outside of every test', module.errors());
		for (const suite of module.children.allSuites()) tell(suite.fullName, suite.errors());
		for (const test of module.children.allTests('failed')) tell(test.fullName, test.result().errors ?? []);
		tell(
			'unhandled',
			unhandled.filter((error): error is Thrown => (error as Thrown).VITEST_TEST_PATH === module.moduleId),
		);
	}
	return failures;
}

/** Maximum of lines, and of characters per line, because some logs keep only their end. */
const MOST = 20;
const LONGEST = 240;

/** One line per failure, at most MOST lines: the first failure of each file before the second of any file. */
export function describeFailures(failures: readonly Failure[]): readonly string[] {
	const files = Map.groupBy(failures, ({ path }) => path);
	const each = Math.max(1, Math.floor(MOST / files.size));
	const chosen = [...files.values()].flatMap((of) => of.slice(0, each)).slice(0, MOST);
	const left = failures.length - chosen.length;
	return [...chosen.map(lineOf), ...(left > 0 ? [`failed at first: ${left} more`] : [])];
}

function lineOf({ path, name, message }: Failure): string {
	const [first = ''] = stripVTControlCharacters(message).split('\n');
	const line = `failed at first: ${path} > ${name}: ${first}`;
	return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
