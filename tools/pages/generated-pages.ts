import { dirname, relative } from 'node:path';

/** Where each generated page is, as a path from the top of the repository. */
export const GENERATED_PAGES = {
	api: 'docs/reference/api.md',
	contentFields: 'docs/reference/content-fields.md',
	settings: 'docs/reference/settings.md',
	errors: 'docs/reference/errors.md',
	commands: 'docs/reference/commands.md',
	limits: 'docs/reference/limits.md',
	promises: 'docs/reference/promises.md',
};

/** The path by which `page` links to `target`; both are paths from the top of the repository. */
export const pathFrom = (page: string, target: string): string => {
	const [file = '', anchor] = target.split('#');
	return `${relative(dirname(page), file)}${anchor === undefined ? '' : `#${anchor}`}`;
};
