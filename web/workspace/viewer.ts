import { createContext, useContext } from 'react';
import type { ViewerQuery } from '../kit/api/workspace.generated.ts';

/** The signed-in person of a firm. */
export type Viewer = NonNullable<ViewerQuery['viewer']>;

export const ViewerContext = createContext<Viewer | null>(null);

/** @throws Error outside of the workspace */
export function useViewer(): Viewer {
	const viewer = useContext(ViewerContext);
	if (viewer === null) throw new Error('useViewer() needs the workspace.');
	return viewer;
}

/** Whether the person works in the firm, and does not belong to one of its clients. */
export const isStaff = ({ role }: Viewer): boolean => role === 'OWNER' || role === 'MEMBER';
