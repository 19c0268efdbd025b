// A small shape per outlet state, so that no state is told by colour alone.
// The word beside it is always there too, so the shape is hidden from screen readers.
import type { EvseState } from '../../model/evse-state.js';

/** 16 × 16, drawn with the current colour. */
const SHAPES: Record<EvseState, string> = {
  charging: 'M9.3 1 3.5 9h3.8l-.8 6 6-8.4H8.4z',
  feedingBack: 'M8 2l4.500 5H9.500v7h-3V7H3.500z',
  pausedByNetwork: 'M4 3h3v10H4zM9 3h3v10H9z',
  pausedByStation: 'M4 3h3v10H4zM9 3h3v10H9z',
  waitingForCar: 'M5 2h1.5v3h3V2H11v3h1v3a4 4 0 0 1-3.2 3.9V14H7.2v-2.1A4 4 0 0 1 4 8V5h1z',
  free: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zm0 2a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z',
  reserved: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zm-.9 2.5h1.8v3.2l2.2 1.6-1 1.4-3-2.2z',
  unavailable: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM4.5 7.1h7v1.8h-7z',
  faulted: 'M8 1.5 15 14H1zM7.1 6h1.8v4H7.1zm0 5h1.8v1.7H7.1z',
  offline: 'M3.4 2 14 12.6 12.6 14l-2-2H5a3.5 3.5 0 0 1-.9-6.9L2 3.4zM7 3.7A4 4 0 0 1 11.8 7a2.6 2.6 0 0 1 1.6 4.4z',
  unknown:
    'M7 11h2v2H7zM5 5.6C5 4 6.300 3 8 3s3 1 3 2.600c0 2.200-2.200 2.200-2.200 4H7.200c0-2.600 2-2.700 2-4C9.200 5 8.700 4.600 8 4.600S6.800 5 6.800 5.600z',
};

export function StateMark({ state }: { state: EvseState }) {
  return (
    <svg class="mark" viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">
      <path d={SHAPES[state]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
