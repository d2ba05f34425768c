ALTER TABLE `attempts` ADD `watch_at` integer;--> statement-breakpoint
CREATE INDEX `attempts_watch` ON `attempts` (`watch_at`);--> statement-breakpoint
CREATE INDEX `deliveries_alike` ON `deliveries` (`account_id`,`likeness`);