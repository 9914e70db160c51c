import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeScene, type Scene } from '../scene.ts';
import { MARKER } from './malformed-values.ts';
import { storedRows } from './stored-rows.ts';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());

const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';

it.each([
	['an unknown key', `{"${MARKER} written as a key": 1}`],
	['an inherited key', '{"constructor": {"prototype": {"title": 1}}}'],
	['the key of a prototype', '{"__proto__": {"title": 1}}'],
	['the key of a prototype, with a title beside it', '{"title": "kept", "__proto__": null}'],
	['an empty key', '{"": 1}'],
	['a key of NUL', '{"\\u0000": 1}'],
	['a lone surrogate as a key', '{"\\ud800": 1}'],
	['many keys', `{${Array.from({ length: 50_000 }, (_, n) => `"k${n}": 1`).join()}}`],
	['a deep object', `{"title": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
])('%s in variables is refused, is not repeated and changes nothing', async (_, input) => {
	const before = await storedRows(scene.admin);
	const response = await fetch(`${scene.api.url}/graphql`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', authorization: `Bearer ${scene.north.member}` },
		body: `{"query": ${JSON.stringify(CREATE)}, "variables": {"input": ${input}}}`,
	});
	const text = await response.text();
	expect(response.status).toBe(400);
	expect(text).toContain('BAD_USER_INPUT');
	expect(text).not.toContain(MARKER);
	expect(await storedRows(scene.admin)).toEqual(before);
	expect((await fetch(`${scene.api.url}/health/live`)).status).toBe(200);
});
