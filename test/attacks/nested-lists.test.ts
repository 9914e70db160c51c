import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Scene } from './scene.ts';
import { makeWorkspace, shareAll, type Workspace } from './workspace.ts';

let scene: Scene;
let work: Workspace;
beforeAll(async () => {
	scene = await makeScene();
	work = await makeWorkspace(scene, scene.north);
	await shareAll(scene, scene.north, work);
	// As many versions as a portal client may create.
	await scene.admin`insert into document_versions (firm_id, id, document_id, author_id, number)
		select firm_id, gen_random_uuid(), id, author_id, n from documents, generate_series(2, 200) n
		where id = ${work.ids.document}`;
});
afterAll(() => scene?.installation.close());

describe('a portal client who nests the versions of a document in each other', () => {
	const nest = (levels: number): string =>
		levels === 0 ? 'document { byteSize }' : `document { versions { ${nest(levels - 1)} } }`;
	// Three levels are 8 million objects, which would crash the process.
	it('is refused if the result could exceed 100,000 fields', async () => {
		const { errors } = await scene.api.ask(
			scene.north.client,
			`{ ${nest(3).replace('document', `document(id: "${work.ids.document}")`)} }`,
		);
		expect(errors.map(({ extensions }) => extensions.code)).toEqual(['TOO_EXPENSIVE']);
	});

	it('is answered if the result cannot', async () => {
		const { errors, data } = await scene.api.ask(
			scene.north.client,
			`{ document(id: "${work.ids.document}") { versions { number document { versions { number } } } } }`,
		);
		expect(errors).toEqual([]);
		expect(data.document.versions).toHaveLength(200);
		expect(data.document.versions[0].document.versions).toHaveLength(200);
	});
});

describe('many lists of large content in one request', () => {
	it('stop reading at the content limit, and leave connections for others', async () => {
		const body = 'x'.repeat(130_000);
		const write = (n: number) =>
			`m${n}: createMessage(input: { threadId: "${work.ids.thread}", body: $body }) { message { id } }`;
		const document = `mutation ($body: String) { ${Array.from({ length: 40 }, (_, n) => write(n)).join(' ')} }`;
		expect((await scene.api.ask(scene.north.member, document, { body })).errors).toEqual([]);
		const list = (n: number) => `l${n}: messages(threadId: "${work.ids.thread}", first: 40) { nodes { body } }`;
		const asked = scene.api.ask(scene.north.client, `{ ${Array.from({ length: 40 }, (_, n) => list(n)).join(' ')} }`);
		const others = await Promise.all(
			Array.from({ length: 5 }, () => scene.api.ask(scene.harbour.client, '{ documents { totalCount } }')),
		);
		expect(others.map(({ errors }) => errors)).toEqual(others.map(() => []));
		expect((await asked).errors.map(({ extensions }) => extensions.code)).toContain('TOO_EXPENSIVE');
		expect((await asked).data).toBeNull();
	});
});
