export { readSdlFiles } from './sdl.ts';
