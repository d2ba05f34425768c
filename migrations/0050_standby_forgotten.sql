DELETE FROM `standbys` WHERE `ended_at` IS NOT NULL;--> statement-breakpoint
DROP INDEX `standbys_current`;--> statement-breakpoint
CREATE UNIQUE INDEX `standbys_current` ON `standbys` (`account_id`,`person_id`);--> statement-breakpoint
ALTER TABLE `standbys` DROP COLUMN `ended_at`;