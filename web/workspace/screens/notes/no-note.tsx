import { Empty } from '../../../kit/parts/index.ts';

/** In the place of a note that is not there. */
export const NoNote = () => (
	<Empty>
		<p>There is no such note. It may have been deleted.</p>
		<div>
			<a className="button" href="#/notes">
				All notes
			</a>
		</div>
	</Empty>
);
