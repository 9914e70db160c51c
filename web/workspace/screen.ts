import type { ComponentType } from 'react';
import type { FirmRole } from '../kit/api/workspace.generated.ts';

/** What a view is given: the parts of the address that its route names, such as `id`. */
export type ViewProps = Readonly<Record<string, string | undefined>>;

export interface Screen {
	/** The part of the address after #, such as /notes. */
	readonly path: string;
	/** In the navigation. */
	readonly name: string;
	/** In the navigation of portal clients, if they have another name for it. */
	readonly nameForClient?: string;
	/** Who may use it; no one else sees it. */
	readonly roles: readonly FirmRole[];
	/** Views of the screen: `at` is appended to its path: empty, or such as /:id. */
	readonly routes: readonly { readonly at: string; readonly show: ComponentType<ViewProps> }[];
}
