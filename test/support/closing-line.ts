import { writeSync } from 'node:fs';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/** A part of a name that says why: `describe.skipIf(…)('external server (skipped: none is installed)')`. */
const REASON = /skipped:\s*(.+?)\)?$/;

interface Totals {
	passed: number;
	failed: number;
	/** What was left out, each with its reason, and how many tests it stands for. */
	readonly skipped: Map<string, number>;
}

/** Lists what was skipped and why, then counts everything in one last line. */
export default class ClosingLine implements Reporter {
	readonly #totals: Totals = { passed: 0, failed: 0, skipped: new Map() };
	/** By its project and path: a file that ran twice counts as it was the last time. */
	readonly #modules = new Map<string, TestModule>();
	#filtered = false;
	#watching = false;

	onInit({ config }: Parameters<NonNullable<Reporter['onInit']>>[0]): void {
		this.#filtered = config.testNamePattern !== undefined;
		this.#watching = config.watch;
		// At the exit, so that nothing is printed behind it and a run that never started has its line too.
		process.once('exit', (code) => this.#close(code));
	}

	onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
		this.#totals.passed = 0;
		this.#totals.failed = unhandled.length;
		this.#totals.skipped.clear();
		for (const module of modules) this.#modules.set(module.id, module);
		for (const module of this.#modules.values()) this.#count(module);
	}

	#count(module: TestModule): void {
		const suites = [module, ...module.children.allSuites()];
		this.#totals.failed += suites.filter((suite) => suite.errors().length > 0).length;
		for (const test of module.children.allTests()) {
			const { state } = test.result();
			if (state === 'passed') this.#totals.passed++;
			else if (state === 'failed') this.#totals.failed++;
			else this.#skip(leftOut(test));
		}
	}

	#skip(what: string): void {
		this.#totals.skipped.set(what, (this.#totals.skipped.get(what) ?? 0) + 1);
	}

	#close(code: number): void {
		if (this.#watching) return;
		const { passed, failed, skipped } = this.#totals;
		const count = [...skipped.values()].reduce((sum, tests) => sum + tests, 0);
		const shown = this.#filtered ? [] : [...skipped];
		const lines = shown.map(([what, tests]) => `skipped${tests > 1 ? ` (${tests} tests)` : ''}: ${what}`);
		// A set-up or a shutdown that fails leaves only the exit code.
		const failures = code !== 0 && failed === 0 ? 1 : failed;
		writeSync(1, `${[...lines, `${passed} passed, ${failures} failed, ${count} skipped`].join('\n')}\n`);
	}
}

/** The largest thing around the test that was skipped as a whole, and why. */
function leftOut(test: TestCase): string {
	const around = ancestors(test);
	// A suite of which each test is skipped is called skipped too: who says why comes first.
	const whole =
		around.find(({ name }) => REASON.test(name)) ?? around.find(({ options }) => options.mode === 'skip') ?? test;
	const place = `${test.module.relativeModuleId} > ${whole.fullName}`;
	const broken = [test.module, ...around].some((entity) => entity.type !== 'test' && entity.errors().length > 0);
	if (broken) return `${place}: what it needs failed to start`;
	const result = test.result();
	const note = result.state === 'skipped' ? result.note : undefined;
	if (note) return `${place}: ${note.replace(/^skipped:\s*/, '')}`;
	return around.some(({ name }) => REASON.test(name)) ? place : `${place}: no reason given`;
}

/** From the outermost suite to the test itself. */
function ancestors(test: TestCase): (TestCase | TestSuite)[] {
	const path: (TestCase | TestSuite)[] = [test];
	for (let { parent } = test; parent.type === 'suite'; parent = parent.parent) path.unshift(parent);
	return path;
}
