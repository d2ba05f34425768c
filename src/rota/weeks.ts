/** Steps of this room for others. */
export {
  findCurrentHost,
  findWeek,
  findWeekOfSlot,
  listEvents,
  type Event,
  type Week,
  type WeekHost,
} from './store.ts'
