DROP INDEX `attempts_look`;--> statement-breakpoint
DROP INDEX `attempts_watch`;--> statement-breakpoint
CREATE INDEX `attempts_look` ON `attempts` (`next_look_at`) WHERE next_look_at is not null;--> statement-breakpoint
CREATE INDEX `attempts_watch` ON `attempts` (`watch_at`) WHERE watch_at is not null;